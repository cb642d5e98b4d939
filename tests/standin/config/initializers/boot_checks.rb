# frozen_string_literal: true

# Ways in which Consul fails, made to fail here as well, and sooner.

%w[tmp log storage].each do |directory|
  path = Rails.root.join(directory)
  next if path.directory? && path.writable?

  abort "#{path} is not a directory that #{Etc.getpwuid(Process.uid)&.name} can write in. " \
        "Make it one; the app does not start without it."
end

# Consul looks for its tenants at every boot. Only a database that does not exist
# yet, or a task for the assets, makes do without the server.
Rails.application.config.after_initialize do
  next if ARGV.intersect?(%w[assets:precompile assets:clean])

  ActiveRecord::Base.connection.verify!
rescue ActiveRecord::NoDatabaseError
  Rails.logger.warn("The database does not exist yet.")
end
