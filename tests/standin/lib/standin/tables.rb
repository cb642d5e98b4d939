# frozen_string_literal: true

module Standin
  # What migrations share: the texts of a record, a row for each language.
  module Tables
    def create_translations(owner, columns)
      create_table :"#{owner}_translations", id: :serial do |t|
        t.integer :"#{owner}_id", null: false, index: { name: "#{owner}_translations_owner" }
        t.string :locale, null: false
        columns.each { |name, type| t.column(name, type) }
        t.timestamps
      end
    end
  end
end
