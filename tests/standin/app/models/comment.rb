# frozen_string_literal: true

class Comment < ApplicationRecord
  include Hideable
  include Translatable

  translates :body

  belongs_to :commentable, polymorphic: true, touch: true
  belongs_to :user

  validates :body, :user, presence: true
end
