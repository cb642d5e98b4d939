# frozen_string_literal: true

module Widget
  def self.table_name_prefix = "widget_"
end
