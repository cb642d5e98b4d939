# frozen_string_literal: true

class Moderator < ApplicationRecord
  belongs_to :user, touch: true

  validates :user_id, presence: true, uniqueness: true
end
