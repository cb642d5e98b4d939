# frozen_string_literal: true

module DDConsul
  # A poll, a budget or a process leaves the document as one: what becomes of it
  # becomes of all that is a part of it.
  class Wholes
    def initialize(memory, leaving, kind_of, edited)
      @memory = memory
      @leaving = leaving.select(&:made).to_set(&:key)
      @kind_of = kind_of
      @edited = edited
      @fates = {}
    end

    # :edited, :used or :gone; nil: it belongs to nothing that leaves.
    def fate(kind, record)
      key, root = whole(kind, record)
      @fates[key] ||= decide(key, root) if key
    end

    # Whether it is a part of what leaves, and not the whole.
    def part?(kind, record)
      _, root = whole(kind, record)
      root.present? && root != record
    end

    private

    def whole(kind, record)
      root = kind.root(record)
      key = root && @memory.key_of(root)
      [key, root] if @leaving.include?(key)
    end

    def decide(key, root)
      kind = @kind_of.call(key)
      parts = kind.parts(root)
      ours = parts.filter_map { |part| @memory.key_of(part)&.then { |name| [name, part] } }
      return :edited if [[key, root], *ours].any? { |name, part| @edited.call(@kind_of.call(name), name, part) }

      # What administrators made there isn't ours to take away either.
      kind.used?(root) || ours.size < parts.size ? :used : :gone
    end
  end
end
