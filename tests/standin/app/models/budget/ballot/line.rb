# frozen_string_literal: true

class Budget
  class Ballot
    class Line < ApplicationRecord
      self.table_name = "budget_ballot_lines"

      belongs_to :ballot, class_name: "Budget::Ballot"
      belongs_to :investment, class_name: "Budget::Investment"
      belongs_to :heading, class_name: "Budget::Heading"

      validates :investment_id, uniqueness: { scope: :ballot_id }
      validate :money_is_left, unless: -> { ballot.budget.voting_style == "approval" }

      private

      def money_is_left
        errors.add(:base, :invalid) if ballot.spent(heading) + investment.price.to_i > heading.price
      end
    end
  end
end
