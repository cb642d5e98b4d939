# frozen_string_literal: true

module DDConsul
  # A part of the municipality. Accounts, ideas and headings may belong to one.
  class DistrictKind < Kind
    kind "district", "Geozone"

    TABLES = %w[users proposals debates budget_headings geozones_polls poll_voters].freeze

    def title(record)
      record.name
    end

    def used?(record)
      Contributions.any?(TABLES.index_with({ geozone_id: record.id }))
    end
  end
end
