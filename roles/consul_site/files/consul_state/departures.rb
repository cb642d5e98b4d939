# frozen_string_literal: true

module DDConsul
  # Objects that left the document. What we made and nobody uses is removed, what
  # somebody uses is hidden, and what was there before us stays as it is.
  class Departures
    def initialize(run, memory, report, enforced, freeze)
      @run = run
      @memory = memory
      @report = report
      @enforced = enforced
      @freeze = freeze
    end

    # The last one made first: cards before their page. And before all else examples: what fictitious people did is
    # nobody's use of what leaves with them.
    def apply(keys)
      leaving = @memory.objects.reject { |remembered| remembered.withdrawn || keys.include?(remembered.key) }
      @wholes = Wholes.new(@memory, leaving, method(:kind_of), method(:edited?))
      leaving.reverse.partition { |remembered| example?(remembered) }.flatten.each do |remembered|
        depart(remembered)
      rescue StandardError => e
        raise Refusal.of(e, remembered.key, [])
      end
    end

    private

    def example?(remembered)
      remembered.key.start_with?("example ")
    end

    def depart(remembered)
      return example(remembered.key) if example?(remembered)

      record = remembered.record
      return @memory.forget(remembered.key) unless record

      kind = kind_of(remembered.key)
      case remembered.key.split.first
      when "account" then account(remembered, kind, record)
      when "image" then image(remembered, kind, record)
      else anything(remembered, kind, record)
      end
    end

    def kind_of(key)
      Kind.named(key.split.first).new(@run, "key" => key)
    end

    def anything(remembered, kind, record)
      key = remembered.key
      title = kind.title(record)
      return leave(key, title) unless remembered.made

      fate = @wholes.fate(kind, record) || fate(kind, key, record)
      return keep(kind, key, record, title) if fate == :edited

      @freeze.look(kind, record, Objects::WHOLE, title, nil)
      fate == :gone ? take_away(kind, key, record, title) : put_away(kind, key, record, title)
    end

    def fate(kind, key, record)
      return :edited if edited?(kind, key, record)

      kind.used?(record) ? :used : :gone
    end

    def take_away(kind, key, record, title)
      @memory.forget(key)
      kind.destroy(record)
      @report.change(key, Objects::WHOLE, title, nil, :removed)
    end

    # Closed or hidden; a part of what is closed stays in it as it is. When it comes back in the document, what it is
    # like now is what was applied last.
    def put_away(kind, key, record, title)
      hidden = !@wholes.part?(kind, record) && kind.hide(record)
      @memory.withdraw(key)
      @memory.fields(key).each_key do |field|
        @memory.apply(key, field, kind.normal(field, kind.read(record, field)))
      end
      @report.change(key, Objects::WHOLE, title, hidden ? nil : title, :withdrawn)
    end

    # An edit in the admin pages is not thrown away with its object, nor with what that is a part of.
    def keep(kind, key, record, title)
      return if @wholes.part?(kind, record) && !edited?(kind, key, record)

      @report.change(key, Objects::WHOLE, title, nil, :conflict)
    end

    def leave(key, title)
      @memory.forget(key)
      @report.change(key, Objects::WHOLE, title, title, :withdrawn)
    end

    def edited?(kind, key, record)
      return false if @enforced.call(key)

      @memory.fields(key).any? { |field, last| kind.normal(field, kind.read(record, field)) != last }
    end

    # Whatever was edited there: nobody wrote it. What inhabitants reacted to stays with their words, and is told.
    def example(key)
      stays = kind_of(key).leave.map { |record| record.try(:title) || record.try(:body) }
      @memory.forget(key)
      @report.change(key, Objects::WHOLE, key, stays.join(", ").presence, stays.empty? ? :removed : :withdrawn)
    end

    # The person stays; only the roles that the file gave are taken back.
    def account(remembered, kind, record)
      key = remembered.key
      given = given_roles(key, kind, record)
      kind.clear(record, given)
      kind.save(record) if given.any?
      part_with(remembered, given)
      given.each { |role| @report.change(key, role, "true", "false", :withdrawn) }
      @report.change(key, Objects::WHOLE, record.email, record.email, :withdrawn) if given.empty?
    end

    def given_roles(key, kind, record)
      given = @memory.fields(key).select { |field, last| AccountKind::ROLES.include?(field) && last == "true" }.keys
      given.select { |role| kind.read(record, role) == "true" }
    end

    # The name that the file gave may be somebody else's one day. Whoever registered chose a name, which is theirs.
    def part_with(account, roles)
      return @memory.forget(account.key) unless account.made

      roles.each { |role| @memory.apply(account.key, role, "false") }
      @memory.withdraw(account.key)
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
