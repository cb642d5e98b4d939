# frozen_string_literal: true

module DDConsul
  class BannerKind < Kind
    kind "banner", "Banner"

    def read(record, field)
      field == "sections" ? Kind.text(record.web_sections.map(&:name).sort.join(" ")) : super
    end

    def write(record, field, value)
      return super unless field == "sections"

      names = value.to_s.split
      found = WebSection.where(name: names).to_a
      missing = names - found.map(&:name)
      raise Refusal.new("Consul has no section #{missing.join(", ")}", @spec["key"], field) if missing.any?

      record.web_sections = found
    end

    # Consul only hides a banner; nobody would find that one again.
    def destroy(record)
      record.web_sections = []
      record.translations.each { |words| erase(words) }
      erase(record.reload)
    end
  end
end
