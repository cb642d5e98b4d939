# frozen_string_literal: true

module DDConsul
  # Objects that left the document. What we made and nobody uses is removed, what
  # somebody uses is hidden, and what was there before us stays as it is.
  class Departures
    def initialize(memory, report, enforced, freeze)
      @memory = memory
      @report = report
      @enforced = enforced
      @freeze = freeze
    end

    # The last one made first: cards before their page.
    def apply(keys)
      @memory.objects.reverse_each do |remembered|
        depart(remembered) unless keys.include?(remembered.key)
      rescue StandardError => e
        raise Refusal.of(e, remembered.key, [])
      end
    end

    private

    def depart(remembered)
      name = remembered.key.split.first
      kind = Kind.named(name).new(nil, "key" => remembered.key)
      record = remembered.record
      return @memory.forget(remembered.key) unless record

      case name
      when "account" then account(remembered, kind, record)
      when "image" then image(remembered, kind, record)
      else anything(remembered, kind, record)
      end
    end

    def anything(remembered, kind, record)
      key = remembered.key
      title = kind.title(record)
      return leave(key, title) unless remembered.made
      return @report.change(key, Objects::WHOLE, title, nil, :conflict) if edited?(kind, key, record)

      @freeze.look(kind, record, Objects::WHOLE, title, nil)
      @memory.forget(key)
      return take_away(kind, key, record, title) unless kind.used?(record)

      kind.hide(record)
      @report.change(key, Objects::WHOLE, title, nil, :withdrawn)
    end

    def take_away(kind, key, record, title)
      kind.destroy(record)
      @report.change(key, Objects::WHOLE, title, nil, :removed)
    end

    def leave(key, title)
      @memory.forget(key)
      @report.change(key, Objects::WHOLE, title, title, :withdrawn)
    end

    # An edit in the admin pages is not thrown away with its object.
    def edited?(kind, key, record)
      return false if @enforced.call(key)

      @memory.fields(key).any? { |field, last| kind.normal(field, kind.read(record, field)) != last }
    end

    # The person stays; only the roles that the file gave are taken back.
    def account(remembered, kind, record)
      key = remembered.key
      given = @memory.fields(key).select { |field, last| AccountKind::ROLES.include?(field) && last == "true" }.keys
      given.select! { |role| kind.read(record, role) == "true" }
      kind.clear(record, given)
      kind.save(record) if given.any?
      @memory.forget(key)
      given.each { |role| @report.change(key, role, "true", "false", :withdrawn) }
      @report.change(key, Objects::WHOLE, record.email, record.email, :withdrawn) if given.empty?
    end

    # Consul makes the rows of images for whoever looks at its admin page: what is ours is the file in it.
    def image(remembered, kind, record)
      key = remembered.key
      return anything(remembered, kind, record) if remembered.made || edited?(kind, key, record)

      kind.write(record, "file", nil)
      kind.save(record)
      @memory.forget(key)
      @report.change(key, Objects::WHOLE, kind.title(record), nil, :removed)
    end
  end
end
