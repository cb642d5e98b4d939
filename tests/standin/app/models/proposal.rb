# frozen_string_literal: true

class Proposal < ApplicationRecord
  include Hideable
  include Taggable
  include Translatable

  translates :title, :summary, :description
  tagged_as :tags

  belongs_to :author, class_name: "User"

  validates :title, length: { in: 4..80 }
  validates :summary, :author, presence: true
  validates :terms_of_service, acceptance: { allow_nil: false }, on: :create

  scope :published, -> { where.not(published_at: nil).order(created_at: :desc) }
end
