# frozen_string_literal: true

module DDConsul
  # What people are voting on stays as it was put to them: a change that touches
  # what the vote means is refused, unless somebody gives a reason, which is kept.
  # What changes because its moment has come was announced, and isn't held back.
  class Freeze
    def initialize(document, memory, report)
      @reason = document["override"].to_s
      @announced = document["by_clock"]
      @check = document["check"]
      @memory = memory
      @report = report
      @held = []
      @new = Set.new
    end

    # Of what is made in this run nobody has seen anything yet.
    def made(key)
      @new << key
    end

    # A field that changes, or with the field empty the object as a whole.
    def look(kind, record, field, old, new)
      return if @announced || @new.include?(kind.key) || @new.include?(kind.parent)
      return unless kind.meaning?(field, old, new) && kind.voting?(record)

      @held << [kind.key, field, old, new]
    end

    def close
      return if @held.empty?
      return keep if @reason.present?
      return tell if @check

      object, field = @held.first
      raise Refusal.new("people are voting on it, and nobody gave a reason to change it all the same", object, field)
    end

    private

    def keep
      @held.each { |object, field, old, new| @memory.override(@reason, object, field, old, new) }
    end

    def tell
      @held.each do |object, field, _old, _new|
        what = field.empty? ? "it" : field
        text = "people are voting on it now: #{what} changes only with --override and a reason"
        @report.warn(object, text, held: true)
      end
    end
  end
end
