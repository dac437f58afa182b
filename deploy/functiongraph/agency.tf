# The agency gives the function its place in the VPC, and the keys with which it asks DCS: no key is stored anywhere.

locals {
  project_name = coalesce(var.project_name, var.region)
  application  = "default"
}

resource "huaweicloud_identity_role" "look" {
  name        = "${var.name}-look"
  description = "Looks at migration tasks of DCS"
  type        = "XA"

  policy = jsonencode({
    Version = "1.1"
    Statement = [{
      Effect = "Allow"
      Action = ["dcs:migrationTask:get", "dcs:migrationTask:list"]
    }]
  })
}

resource "huaweicloud_identity_role" "network" {
  name        = "${var.name}-network"
  description = "Puts a function into a VPC"
  type        = "XA"

  policy = jsonencode({
    Version = "1.1"
    Statement = [{
      Effect = "Allow"
      Action = [
        "vpc:ports:create",
        "vpc:ports:delete",
        "vpc:ports:get",
        "vpc:subnets:get",
        "vpc:vpcs:get",
      ]
    }]
  })
}

# Where there are many tasks, the function starts a run of itself for each project. It may start no other function: the path of
# a function is APPLICATION/NAME (user guide, "FunctionGraph Resources").
resource "huaweicloud_identity_role" "start" {
  count = var.run_per_project ? 1 : 0

  name        = "${var.name}-start"
  description = "Invokes the function ${var.name} asynchronously"
  type        = "XA"

  policy = jsonencode({
    Version = "1.1"
    Statement = [{
      Effect = "Allow"
      Action = ["functiongraph:function:invokeAsync"]
      Resource = [
        "FunctionGraph:*:*:function:${local.application}/${var.name}",
      ]
    }]
  })
}

# A function in a VPC resolves private names with a policy of its agency (FunctionGraph's user guide).
locals {
  # Any host but an IPv4 address is a name.
  is_redis_named = !local.makes_redis && !can(regex("^rediss?://([^@/]*@)?[0-9.]+([:/?]|$)", nonsensitive(var.redis_url)))
}

# op_svc_cff is the service FunctionGraph.
resource "huaweicloud_identity_agency" "watch" {
  name                  = var.name
  description           = "The function ${var.name}"
  delegated_domain_name = "op_svc_cff"

  project_role {
    project = local.project_name
    roles = concat(
      [
        huaweicloud_identity_role.look.name,
        huaweicloud_identity_role.network.name,
      ],
      huaweicloud_identity_role.start[*].name,
      local.is_redis_named ? ["DNS ReadOnlyAccess"] : [],
      var.agency_roles,
    )
  }

  dynamic "project_role" {
    for_each = setsubtract(var.watched_projects, [local.project_name])

    content {
      project = project_role.value
      roles   = [huaweicloud_identity_role.look.name]
    }
  }
}
