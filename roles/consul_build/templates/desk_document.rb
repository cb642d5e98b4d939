# frozen_string_literal: true

# Where no register and no letters say who lives here, the desk does: who works
# there has the person, and what they brought, before them.
load Rails.root.join("app", "models", "verification", "management", "document.rb")
overlay = Rails.root.join("config", "overlay", "desk_document.rb")
load overlay if overlay.exist?

module Verification
  module Management
    class Document
      module SeenAtTheDesk
        def in_census?
          %w[email postcodes].include?(Setting["ddconsul.verification"]) || super
        end
      end

      prepend SeenAtTheDesk
    end
  end
end
