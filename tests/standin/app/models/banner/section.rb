# frozen_string_literal: true

class Banner
  class Section < ApplicationRecord
    self.table_name = "banner_sections"

    belongs_to :banner
    belongs_to :web_section
  end
end
