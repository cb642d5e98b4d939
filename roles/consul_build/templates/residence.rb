# frozen_string_literal: true

# Who counts as an inhabitant, in Consul's own place for it
# (docs/en/customization/models.md). Setting ddconsul.verification says which way
# goes; without one, or with "email", all is as in Consul.
load Rails.root.join("app", "models", "verification", "residence.rb")
overlay = Rails.root.join("config", "overlay", "residence.rb")
load overlay if overlay.exist?

module Verification
  class Residence
    module Dutch
      WAYS = %w[postcodes letters census].freeze
      # The document type that codes of letters have in the local census.
      CODE = "3"
      # The letters of a code; its last one makes the sum come out (operations/letters.py).
      ALPHABET = "CDEFGHJKMNPQRTVWXY34679"

      def self.way
        WAYS.find { |way| way == Setting["ddconsul.verification"] }
      end

      # As postcodes are compared: 9711AB.
      def self.postcode(text)
        text.to_s.gsub(/[[:space:]]/, "").upcase
      end

      # The district that a postcode lies in: setting ddconsul.districts has a pattern for each, by code or name.
      def self.district(postcode)
        patterns = JSON.parse(Setting["ddconsul.districts"].presence || "{}")
        name = patterns.keys.find do |key|
          patterns[key].split(",").any? { |pattern| Regexp.new("\\A#{pattern}\\z").match?(postcode) }
        end
        name && (Geozone.find_by(external_code: name) || Geozone.find_by(name:))
      end

      def initialize(attrs = {})
        super
        return unless way

        self.postal_code = Dutch.postcode(postal_code) if postal_code
        self.document_type = CODE unless way == "census"
        # Consul wants everybody it knows as an inhabitant to have a number.
        self.document_number = "ACCOUNT#{user.id}" if way == "postcodes" && user
      end

      def way
        @way ||= Dutch.way
      end

      # There is no text message or second letter after it, so whoever passes has
      # all rights. Two who use one code at the same moment wait for each other.
      def save
        return super unless way

        User.transaction do
          LocalCensusRecord.lock.find_by(document_type:, document_number:) if way == "letters"
          super && user.update(verified_at: Time.current)
        end
      end

      # A code works once: not again for who was blocked, or had the account erased.
      def document_number_uniqueness
        return super unless way == "letters"

        used = User.unscoped.where(document_type:, document_number:).where.not(id: user&.id)
        errors.add(:document_number, I18n.t("ddconsul.verification.letters.used")) if used.any?
      end

      def local_residence
        super
        return unless way == "letters" && errors.include?(:local_residence) && mistyped?

        errors.add(:document_number, I18n.t("ddconsul.verification.letters.mistyped"))
      end

      # Without a district of its own, a register's answer would be the first one that has no code.
      def geozone
        return super if way.nil? || (way == "census" && district_code.present?)

        Dutch.district(postal_code)
      end

      def gender
        super unless way == "postcodes"
      end

      private

      def census_data
        return super unless way == "letters"

        @census_data ||= LocalCensus.new.call(document_type, document_number)
      end

      # A letter knows the address, and not who opens it: the date of birth is theirs to give.
      def residency_valid?
        case way
        when "postcodes" then true
        when "letters" then census_data.valid? && registered_postcode?
        when "census"
          # The register's own spelling, for Consul to compare.
          self.postal_code = census_data.postal_code if census_data.valid? && registered_postcode?
          super
        else super
        end
      end

      def registered_postcode?
        Dutch.postcode(census_data.postal_code) == postal_code
      end

      def mistyped?
        values = document_number.chars.map { |letter| ALPHABET.index(letter) }
        values.any?(&:nil?) || values.each.with_index(1).sum { |value, place| value * place } % ALPHABET.size != 0
      end
    end

    prepend Dutch
  end
end
