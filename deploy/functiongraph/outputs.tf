output "function_urn" {
  description = "Names the function, for instance for the console."
  value       = huaweicloud_fgs_function.watch.urn
}

output "agency" {
  description = "The agency that asks DCS."
  value       = huaweicloud_identity_agency.watch.name
}

output "public_ip" {
  description = "The address from which receivers see the function, where a NAT gateway was made."
  value       = one(huaweicloud_vpc_eip.watch[*].address)
}

output "redis_address" {
  description = "Where the state is, where a Redis was made."
  value       = one(huaweicloud_dcs_instance.state[*].private_ip)
}

output "log_group_id" {
  description = "The log group in LTS."
  value       = huaweicloud_lts_group.watch.id
}
