# frozen_string_literal: true

module SiteCustomization
  def self.table_name_prefix = "site_customization_"
end
