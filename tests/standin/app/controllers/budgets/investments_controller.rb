# frozen_string_literal: true

module Budgets
  class InvestmentsController < ApplicationController
    include Participating

    module_of "budgets"
    before_action :authenticate_user!
    before_action :find_budget

    def new
      @investment = @budget.investments.new
    end

    def create
      @investment = @budget.investments.new(investment_params.merge(author: current_user))
      @investment.group = @investment.heading&.group
      return redirect_to @budget, notice: t("flash.thanks") if @investment.save

      render :new, status: :unprocessable_entity
    end

    private

    def find_budget
      @budget = Budget.published.find_by_slug_or_id!(params[:budget_id])
      raise AccessDenied unless @budget.phase == "accepting"
    end

    def investment_params
      params.require(:budget_investment).permit(:title, :description, :heading_id, :terms_of_service)
    end
  end
end
