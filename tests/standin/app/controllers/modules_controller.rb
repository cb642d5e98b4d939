# frozen_string_literal: true

# The page of one module. It has no contents: those are Consul's own.
class ModulesController < ApplicationController
  def index
    @module = params[:module]
    raise FeatureDisabled, "#{@module} is off" unless Participation.enabled?(@module)

    @goals = SDG::Goal.order(:code).pluck(:code) if @module == "sdg"
  end
end
