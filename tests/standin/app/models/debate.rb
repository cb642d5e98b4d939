# frozen_string_literal: true

class Debate < ApplicationRecord
  include Hideable
  include Taggable
  include Translatable

  translates :title, :description
  tagged_as :tags

  belongs_to :author, class_name: "User"
  has_many :comments, as: :commentable, dependent: :restrict_with_exception

  validates :title, length: { in: 4..80 }
  validates :description, length: { in: 10..6000 }
  validates :author, presence: true
  validates :terms_of_service, acceptance: { allow_nil: false }, on: :create
end
