# frozen_string_literal: true

module DDConsul
  # One run: a document in, what changed out. All or nothing: one transaction.
  # A check is the same run, rolled back: no row, no job, no mail, no file stays.
  class Apply
    def initialize(document)
      @document = document
      @check = document["check"]
      @tenant = document["tenant"].to_s
      @report = Report.new
      @files = Files.new(document.fetch("files", {}), check: @check)
    end

    def call
      ActionMailer::Base.perform_deliveries = false if @check
      in_tenant do
        @files.guard do
          ActiveRecord::Base.transaction do
            run
            raise ActiveRecord::Rollback if @check
          end
        end
      end
      @report.to_h
    end

    private

    def in_tenant(&)
      @tenant.empty? ? yield : Tenant.switch(@tenant, &)
    end

    def run
      only_run
      memory = Memory.new(ActiveRecord::Base.connection, @tenant)
      I18n.with_locale(I18n.default_locale) { apply(memory) }
      refuse_unforeseen
      memory.close(@document.fetch("fingerprint"), @report.kept)
    end

    # A deploy and the timer don't write at the same time.
    def only_run
      ActiveRecord::Base.connection.execute("SELECT pg_advisory_xact_lock(hashtext('ddconsul'))")
    end

    # Settings come first: which languages there are decides what an object may have.
    def apply(memory)
      objects = @document.fetch("objects", [])
      freeze = Freeze.new(@document, memory, @report)
      Settings.new(memory, @report, method(:enforced?)).apply(@document.fetch("settings", {}))
      run = Objects.new(@document, memory, @report, method(:enforced?), @files, freeze)
      run.apply(objects)
      Departures.new(run, memory, @report, method(:enforced?), freeze).apply(objects.map { |object| object["key"] })
      freeze.close
    end

    # What ends something for inhabitants is done by somebody who was told so.
    def refuse_unforeseen
      first = @report.warnings.first
      return if first.nil? || @check || @document["confirmed"] || @document["by_clock"]

      raise Refusal.new("#{first[:text]}, and nobody confirmed that it ends", first[:object], "value")
    end

    def enforced?(key)
      named = @document.fetch("enforce", [])
      named.include?("*") || named.include?(key)
    end
  end
end
