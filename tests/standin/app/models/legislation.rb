# frozen_string_literal: true

module Legislation
  def self.table_name_prefix = "legislation_"
end
