# frozen_string_literal: true

delay = Rails.application.secrets.delay_jobs
Delayed::Worker.delay_jobs = delay.nil? || delay
Delayed::Worker.destroy_failed_jobs = false
Delayed::Worker.sleep_delay = 2
Delayed::Worker.max_attempts = 3
Delayed::Worker.default_queue_name = "default"
Delayed::Worker.raise_signal_exceptions = :term
Delayed::Worker.logger = Logger.new(Rails.root.join("log/delayed_job.log"))

# Says for each job, in Consul's own column, in which tenant it was asked for.
class TenantPlugin < Delayed::Plugin
  callbacks do |lifecycle|
    lifecycle.before(:enqueue) { |job| job.tenant = Tenant.current_schema }
  end
end
Delayed::Worker.plugins << TenantPlugin
