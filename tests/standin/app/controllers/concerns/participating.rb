# frozen_string_literal: true

# A page of a module: there when that is on.
module Participating
  extend ActiveSupport::Concern

  class_methods do
    def module_of(name)
      prepend_before_action do
        @module = name
        raise FeatureDisabled, "#{name} is off" unless Participation.enabled?(name)
      end
    end
  end

  private

  def written(record, path)
    return redirect_to path, notice: t("flash.thanks") if record.save

    redirect_to path, alert: record.errors.full_messages.to_sentence
  end
end
