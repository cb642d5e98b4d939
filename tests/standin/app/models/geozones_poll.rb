# frozen_string_literal: true

class GeozonesPoll < ApplicationRecord
  belongs_to :geozone
  belongs_to :poll
end
