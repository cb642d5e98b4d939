# frozen_string_literal: true

# Consul's searches and tenants need these, in a schema of their own that is in
# the search path. Whoever prepares the database makes them.
class CheckExtensions < ActiveRecord::Migration[7.2]
  def up
    found = select_values(<<~SQL.squish)
      SELECT extname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
      WHERE nspname = 'shared_extensions'
    SQL
    missing = %w[pg_trgm unaccent] - found
    raise "not in schema shared_extensions: #{missing.join(", ")}" if missing.any?

    path = select_value("SHOW search_path")
    raise "database.yml: schema_search_path lacks shared_extensions" unless path.include?("shared_extensions")
  end

  def down; end
end
