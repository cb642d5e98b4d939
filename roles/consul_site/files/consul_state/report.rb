# frozen_string_literal: true

module DDConsul
  # What is told of a run.
  class Report
    # Edits of somebody else, which stay.
    KEPT = %w[drift conflict].freeze

    attr_reader :warnings

    def initialize
      @changes = []
      @warnings = []
    end

    def change(object, field, old, new, kind)
      @changes << { object:, field:, old:, new:, kind: kind.to_s }
    end

    # With held, it isn't a matter of agreeing: it is refused without a reason.
    def warn(object, text, held: false)
      @warnings << { object:, text:, held: } if text
    end

    def to_h
      { changes: @changes, warnings: @warnings }
    end

    # Told again as long as nothing changes; settings are always looked at.
    def kept
      @changes.select { |change| KEPT.include?(change[:kind]) && !change[:object].start_with?("setting ") }
    end
  end
end
