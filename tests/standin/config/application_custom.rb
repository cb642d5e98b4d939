# frozen_string_literal: true

# Consul's place for a municipality's own configuration.
module Consul
  class Application < Rails::Application
  end
end
