# The state: what was seen, and what is still to be told. It must never be an instance that takes part in a migration.

locals {
  makes_redis = nonsensitive(var.redis_url == null)
  redis_url   = local.makes_redis ? local.made_url : var.redis_url
  made_url = local.makes_redis ? format(
    "redis://:%s@%s:%s",
    urlencode(coalesce(var.redis_password, "unset")),
    huaweicloud_dcs_instance.state[0].private_ip,
    huaweicloud_dcs_instance.state[0].port,
  ) : null
  all_zones = data.huaweicloud_availability_zones.all.names
  zones     = var.redis_availability_zones != null ? var.redis_availability_zones : slice(local.all_zones, 0, min(2, length(local.all_zones)))
}

data "huaweicloud_availability_zones" "all" {}

# Master/standby keeps an append-only file and evicts nothing (noeviction) by default; the function looks before it starts.
resource "huaweicloud_dcs_instance" "state" {
  count = local.makes_redis ? 1 : 0

  name               = "${var.name}-state"
  engine             = "Redis"
  engine_version     = "6.0"
  capacity           = var.redis_capacity
  flavor             = var.redis_flavor
  availability_zones = local.zones
  vpc_id             = local.vpc_id
  subnet_id          = local.subnet_id
  password           = var.redis_password

  backup_policy {
    backup_type = "auto"
    save_days   = 7
    backup_at   = [1, 2, 3, 4, 5, 6, 7]
    begin_at    = "02:00-04:00"
  }

  lifecycle {
    precondition {
      condition     = var.redis_password != null
      error_message = "Set redis_password for the Redis that is made, or redis_url for one that exists."
    }
  }
}
