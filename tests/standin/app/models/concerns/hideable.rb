# frozen_string_literal: true

# Hidden by a moderator, and not gone.
module Hideable
  extend ActiveSupport::Concern

  included { default_scope { where(hidden_at: nil) } }

  def hide = update!(hidden_at: Time.current)
end
