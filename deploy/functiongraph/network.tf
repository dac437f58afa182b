# A function in a VPC has no public network of its own: it reaches DCS and the chats through a NAT gateway with an EIP.
# Both cost, whatever the function does: docs/functiongraph.md.

locals {
  makes_vpc = var.vpc_id == null
  makes_nat = var.make_nat != null ? var.make_nat : local.makes_vpc
  vpc_id    = local.makes_vpc ? huaweicloud_vpc.watch[0].id : var.vpc_id
  subnet_id = local.makes_vpc ? huaweicloud_vpc_subnet.watch[0].id : var.subnet_id
}

resource "huaweicloud_vpc" "watch" {
  count = local.makes_vpc ? 1 : 0

  name = var.name
  cidr = var.vpc_cidr
}

resource "huaweicloud_vpc_subnet" "watch" {
  count = local.makes_vpc ? 1 : 0

  name       = var.name
  vpc_id     = huaweicloud_vpc.watch[0].id
  cidr       = var.vpc_cidr
  gateway_ip = cidrhost(var.vpc_cidr, 1)
  dns_list   = var.dns_servers
}

resource "huaweicloud_vpc_eip" "watch" {
  count = local.makes_nat ? 1 : 0

  name = var.name

  publicip {
    type = "5_bgp"
  }

  # A tick moves some kilobytes: paid by traffic.
  bandwidth {
    name        = var.name
    share_type  = "PER"
    size        = 5
    charge_mode = "traffic"
  }
}

resource "huaweicloud_nat_gateway" "watch" {
  count = local.makes_nat ? 1 : 0

  name      = var.name
  spec      = "1"
  vpc_id    = local.vpc_id
  subnet_id = local.subnet_id
}

resource "huaweicloud_nat_snat_rule" "watch" {
  count = local.makes_nat ? 1 : 0

  nat_gateway_id = huaweicloud_nat_gateway.watch[0].id
  floating_ip_id = huaweicloud_vpc_eip.watch[0].id
  subnet_id      = local.subnet_id
}
