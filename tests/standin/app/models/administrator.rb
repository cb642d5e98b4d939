# frozen_string_literal: true

class Administrator < ApplicationRecord
  belongs_to :user, touch: true

  validates :user_id, presence: true, uniqueness: true

  delegate :email, :username, to: :user
end
