# frozen_string_literal: true

ActiveSupport::Inflector.inflections(:en) { |inflect| inflect.acronym "SDG" }
