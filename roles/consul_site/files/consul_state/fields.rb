# frozen_string_literal: true

module DDConsul
  # The fields of one object that is there: each is decided, then written or told.
  class Fields
    def initialize(kind, record, memory, report, freeze, enforced:) # rubocop:disable Metrics/ParameterLists
      @kind = kind
      @key = kind.key
      @values = kind.fields
      @record = record
      @memory = memory
      @report = report
      @freeze = freeze
      @enforced = enforced
    end

    def apply
      fields = @values.keys | @memory.fields(@key).keys
      old = fields.to_h { |field| [field, @kind.read(@record, field)] }
      decisions = old.to_h { |field, actual| [field, decide(field, actual)] }
      hold(decisions, old)
      change(decisions)
      decisions.each do |field, decision|
        remember(field, decision)
        tell(field, old[field], decision)
      end
    end

    private

    def decide(field, actual)
      decision = Decision.of(file: file(field), last: @memory.last(@key, field),
                             actual: @kind.normal(field, actual), enforced: @enforced)
      # What was there before us has no earlier value that we know of.
      decision == :clear && !@memory.object(@key).made ? :forget : decision
    end

    def file(field)
      @values.key?(field) ? @kind.normal(field, Kind.text(@values[field])) : Decision::ABSENT
    end

    def hold(decisions, old)
      decisions.each do |field, decision|
        next unless %i[write clear].include?(decision)

        @freeze.look(@kind, @record, field, old[field], Kind.text(@values[field]))
      end
    end

    def change(decisions)
      written, cleared = %i[write clear].map { |which| decisions.select { |_, decision| decision == which }.keys }
      return if written.empty? && cleared.empty?

      @kind.clear(@record, cleared)
      written.each { |field| @kind.write(@record, field, @values[field]) }
      @kind.save(@record)
    end

    def remember(field, decision)
      case decision
      when :clear, :forget then @memory.forget_field(@key, field)
      when :write, :keep then @memory.apply(@key, field, file(field))
      end
    end

    # Of a new site all is told, whatever its seeds hold: it is what the site is made to contain.
    def tell(field, old, decision)
      new = Kind.text(@values[field])
      return @report.change(@key, field, nil, new, :created) if @memory.first? && %i[keep write].include?(decision)

      case decision
      when :write then @report.change(@key, field, old, new, :changed)
      when :clear then @report.change(@key, field, old, nil, :removed)
      when :forget then @report.change(@key, field, old, old, :withdrawn)
      when :drift, :conflict then @report.change(@key, field, old, new, decision)
      end
    end
  end
end
