# frozen_string_literal: true

module SDG
  class Goal < ApplicationRecord
    self.table_name = "sdg_goals"
  end
end
