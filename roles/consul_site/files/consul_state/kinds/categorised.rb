# frozen_string_literal: true

module DDConsul
  # Topics, as a list of names in any order.
  module Categorised
    def read(record, field)
      field == "categories" ? Kind.text(categories(record).sort.join(", ")) : super
    end

    def write(record, field, value)
      return super unless field == "categories"

      record.public_send(:"#{self.class::LIST}=", value.to_s)
    end

    def normal(field, text)
      return super unless field == "categories"

      Kind.text(text.to_s.split(",").map(&:strip).compact_blank.uniq.sort.join(", "))
    end

    private

    def categories(record)
      record.public_send(self.class::LIST).to_a
    end
  end
end
