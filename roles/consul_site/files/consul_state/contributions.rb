# frozen_string_literal: true

module DDConsul
  # What inhabitants did. Tables are asked, not models: a model doesn't tell what
  # Consul hides, and hidden is not gone.
  module Contributions
    # Whether one of the tables has a row with these values; a list is any of them.
    def self.any?(tables)
      tables.any? { |table, columns| row?(table.to_s, columns) }
    end

    def self.ids(table, columns)
      connection.select_values(sql("SELECT id FROM #{table}", columns))
    end

    def self.row?(table, columns)
      # Consul has more than the stand-in.
      return false unless connection.data_source_exists?(table)

      connection.select_value(sql("SELECT 1 FROM #{table}", columns)).present?
    end

    def self.sql(query, columns)
      conditions = columns.keys.map { |column| "#{column} IN (:#{column})" }
      ActiveRecord::Base.sanitize_sql_array(["#{query} WHERE #{conditions.join(" AND ")}", columns])
    end

    def self.connection
      ActiveRecord::Base.connection
    end
    private_class_method :row?, :sql, :connection
  end
end
