graph [
  directed 0
  multigraph 1
  node [ id 0 label "North Quay" Longitude -74.0 host_bandwidth_up "1 Mbit" host_bandwidth_down "100 Mbit" ]
  node [ id 1 label "South Quay" host_bandwidth_up "1 Mbit" host_bandwidth_down "1 Gbit" ]
  node [ id 2 label "Harbour" ]
  edge [ source 0 target 0 latency "1 ms" packet_loss 0.0 ]
  edge [ source 1 target 1 latency "1 ms" packet_loss 0.0 ]
  edge [ source 0 target 1 key 0 latency "10 ms" jitter "0 ms" packet_loss 0.0 LinkSpeed "10" LinkSpeedRaw 10000000000.0 ]
  edge [ source 1 target 0 key 1 latency "90 ms" ]
  edge [ source 1 target 2 delay "20 ms" packet_loss "100%" ]
]
