# frozen_string_literal: true

namespace :settings do
  desc "Add the settings that are not there yet; leave the others alone"
  task add_new_settings: :environment do
    Setting.add_new_settings
  end

  desc "Rename settings"
  task rename_setting_keys: :environment
end

namespace :consul do
  desc "What a new release needs"
  task execute_release_tasks: %w[settings:rename_setting_keys settings:add_new_settings cache:clear]
end

namespace :cache do
  desc "Clear the cache"
  task clear: :environment do
    Rails.cache.clear
  end
end

namespace :assets do
  desc "Compile the stylesheet and the script into public/assets"
  task precompile: :environment do
    Standin::Assets.precompile
  end
end

# What Consul has its operator run every night.
namespace :sitemap do
  namespace :refresh do
    desc "Write public/sitemap.xml"
    task no_ping: :environment do
      scheme = Rails.application.secrets.force_ssl ? "https" : "http"
      root = "#{scheme}://#{Rails.application.secrets.server_name}/"
      Rails.public_path.join("sitemap.xml").write(<<~XML)
        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>#{ERB::Util.h(root)}</loc></url></urlset>
      XML
    end
  end
end

namespace :files do
  desc "Nothing to do: nobody uploads anything here"
  task remove_old_cached_attachments: :environment
end

namespace :votes do
  desc "Nothing to do: nobody votes here"
  task reset_hot_score: :environment
end
