# frozen_string_literal: true

# The parts of the site that can be on or off, in the order of the menu.
module Participation
  MODULES = {
    "debates" => "debates",
    "proposals" => "proposals",
    "polls" => "polls",
    "legislation" => "legislation/processes",
    "budgets" => "budgets",
    "sdg" => "sdg"
  }.freeze

  def self.enabled?(name)
    Setting["process.#{name}"].present? || Setting["feature.#{name}"].present?
  end
end
