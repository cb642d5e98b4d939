# frozen_string_literal: true

# Which Consul this is, and what is on: for whoever looks after it.
class InstallationController < ApplicationController
  def details
    render json: { release: "2.5.1", features: }
  end

  private

  def features
    settings = Setting.where("key LIKE 'process.%'").pluck(:key, :value).to_h
    settings.transform_keys { |key| key.delete_prefix("process.") }
  end
end
