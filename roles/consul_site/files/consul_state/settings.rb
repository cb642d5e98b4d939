# frozen_string_literal: true

module DDConsul
  # Consul's settings: rows that are always there, with one value each.
  class Settings
    FIELD = "value"

    def initialize(memory, report, enforced)
      @memory = memory
      @report = report
      @enforced = enforced
    end

    def apply(settings)
      settings.each do |key, value|
        setting(key, value)
      rescue StandardError => e
        raise Refusal.of(e, "setting #{key}", [FIELD])
      end
      depart(settings)
    end

    private

    def setting(key, value)
      object = "setting #{key}"
      file = stored(value)
      actual = Setting[key]
      decision = Decision.of(file:, last: @memory.last(object, FIELD), actual:, enforced: @enforced.call(object))
      @report.warn(object, OpenProcesses.text(key)) if decision == :write && file.nil? && !@memory.first?
      Setting[key] = value == true ? true : file if decision == :write
      @memory.apply(object, FIELD, file) if %i[write keep].include?(decision)
      tell(object, actual, file, decision)
    end

    # Of a new site all is told, whatever its seeds hold: it is what the site is made to contain.
    def tell(object, actual, file, decision)
      return @report.change(object, FIELD, nil, file, :created) if @memory.first?
      return if decision == :keep

      @report.change(object, FIELD, actual, file, decision == :write ? :changed : decision)
    end

    # A setting that the file no longer names stays as it is.
    def depart(settings)
      gone = @memory.keys_of_fields.select { |key| key.start_with?("setting ") } -
             settings.keys.map { |key| "setting #{key}" }
      gone.each do |object|
        actual = Setting[object.delete_prefix("setting ")]
        @memory.forget(object)
        @report.change(object, FIELD, actual, actual, :withdrawn)
      end
    end

    # Consul's own reading of a flag: present is on, and the word "false" is too.
    def stored(value)
      case value
      when true then "t"
      when false, nil, "" then nil
      else value.to_s
      end
    end
  end
end
