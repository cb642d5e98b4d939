# frozen_string_literal: true

# The goals of the United Nations: the one module in which nobody does anything.
class ModulesController < ApplicationController
  include Participating

  module_of "sdg"

  def index
    @goals = SDG::Goal.order(:code).pluck(:code)
  end
end
