# frozen_string_literal: true

namespace :ddconsul do
  desc "Migrate and seed a new database that sites will be cloned from"
  task seed_template: ["db:migrate", "db:seed"] do
    # The seeds make an administrator whose password everybody knows. It ends
    # here, before there is a site: what a site gets is an account that nobody
    # can enter, until it becomes the municipality's first administrator.
    Administrator.includes(:user).find_each do |administrator|
      administrator.user.update_columns(
        encrypted_password: BCrypt::Password.create(SecureRandom.hex(32)).to_s,
        email: "nobody@ddconsul.invalid"
      )
    end
  end
end
