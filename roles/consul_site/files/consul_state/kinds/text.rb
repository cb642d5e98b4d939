# frozen_string_literal: true

module DDConsul
  # A text of Consul's own, put in other words.
  class TextKind < Kind
    kind "text", "I18nContent"
  end
end
