# frozen_string_literal: true

module DDConsul
  # The document names a district by its key; Consul knows a row.
  module Districted
    PREFIX = "district "

    private

    def district(key)
      @run.record(PREFIX + key)
    end

    # One that isn't ours is named as administrators named it.
    def district_key(geozone)
      @run.key_of(geozone)&.delete_prefix(PREFIX) || geozone.name.tr(" ", "_")
    end
  end
end
