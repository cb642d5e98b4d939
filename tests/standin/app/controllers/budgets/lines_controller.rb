# frozen_string_literal: true

module Budgets
  # A choice on somebody's ballot.
  class LinesController < ApplicationController
    include Participating

    module_of "budgets"
    before_action :authenticate_user!

    def create
      budget = Budget.published.find_by_slug_or_id!(params[:budget_id])
      raise AccessDenied unless budget.phase == "balloting"

      investment = budget.investments.selected.find(params[:investment_id])
      ballot = budget.ballots.find_or_create_by!(user: current_user)
      written ballot.lines.new(investment:, budget_id: budget.id, group_id: investment.group_id,
                               heading: investment.heading), budget_path(budget)
    end
  end
end
