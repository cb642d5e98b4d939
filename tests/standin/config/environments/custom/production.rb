# frozen_string_literal: true

# Consul's place for a municipality's own configuration of this environment.
