# frozen_string_literal: true

# Somebody asks for a part of the site that is off; answered with 403.
class FeatureDisabled < StandardError
end
