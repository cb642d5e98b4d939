# frozen_string_literal: true

class DebatesController < ApplicationController
  include Participating

  module_of "debates"

  def index
    @debates = Debate.order(created_at: :desc).includes(:translations)
  end

  def show
    @debate = Debate.find(params[:id])
  end
end
