# frozen_string_literal: true

# Consul's place for a municipality's own routes.
