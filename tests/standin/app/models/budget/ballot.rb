# frozen_string_literal: true

class Budget
  # What one inhabitant chose.
  class Ballot < ApplicationRecord
    belongs_to :budget
    belongs_to :user
    has_many :lines, class_name: "Budget::Ballot::Line", dependent: :destroy

    def spent(heading) = lines.where(heading:).includes(:investment).sum { |line| line.investment.price.to_i }
  end
end
