# frozen_string_literal: true

class BudgetsController < ApplicationController
  include Participating

  module_of "budgets"

  def index
    @budgets = Budget.published.order(created_at: :desc).includes(:translations)
  end

  def show
    @budget = Budget.published.find_by_slug_or_id!(params[:id])
    @ballot = @budget.ballots.find_by(user: current_user) if current_user
  end
end
